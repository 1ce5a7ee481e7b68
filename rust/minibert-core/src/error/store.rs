//! Why a token store cannot be opened.

use super::causes::causes;

causes! {
    /// A file that is not a token store, has another version, or is damaged.
    StoreError {
        NotAStore { path: String } = "not_a_token_store",
            "{path} is not a token store";
        OtherVersion { path: String, version: u32, supported: u32 } = "other_store_version",
            "{path} is a token store of version {version}, and this minibert reads version {supported}: \
             delete it and prepare the corpus again";
        Damaged { path: String, reason: String } = "damaged_store",
            "the token store {path} is damaged: {reason}; delete it and prepare the corpus again";
    }
}
