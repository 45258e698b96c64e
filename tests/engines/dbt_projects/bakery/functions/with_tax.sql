price * 1.21
