//! Redshift, where it differs from PostgreSQL.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("UNLOAD () TO *", Does::Nothing),
    ("CREATE|ALTER|DROP DATASHARE *", Does::Other("change_datashare")),
    ("CREATE|ALTER|DROP RLS|MASKING POLICY *", Does::Other("create_policy")),
    ("ATTACH RLS POLICY $ ON TABLE? $ *", Does::HideInSecond),
    ("ATTACH|DETACH RLS|MASKING POLICY *", Does::Refuse("a policy changes what readers see")),
    ("CANCEL *", Does::Nothing),
    ("DECLARE *", Does::Nothing),
    ("CREATE MODEL *", Does::Other("create_model")),
    ("CREATE|ALTER|DROP IDENTITY PROVIDER *", Does::Other("change_identity_provider")),
];
