mod example;
mod given;
