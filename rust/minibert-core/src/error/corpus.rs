//! Why a corpus cannot be used.

use super::causes::causes;

causes! {
    /// A corpus that is missing, empty, binary, not UTF-8, or too small.
    CorpusError {
        NoInput {} = "no_input",
            "no corpus was named: give at least one text file or folder";
        NotFound { path: String } = "not_found",
            "there is no file or folder {path}";
        PermissionDenied { path: String } = "permission_denied",
            "{path} cannot be read: permission is denied";
        Unreadable { path: String, reason: String } = "unreadable",
            "{path} cannot be read: {reason}";
        NoTextFiles { folder: String } = "no_text_files",
            "the folder {folder} holds no text files: their names must end in .txt, .txt.gz or .txt.zst";
        Empty { file: String } = "empty_file",
            "{file} is empty: it holds no text";
        AllEmpty { files: usize } = "empty_corpus",
            "none of the {files} files of the corpus holds any text";
        Utf16 { file: String } = "utf16",
            "{file} is UTF-16 text, not UTF-8: save it as UTF-8";
        InvalidUtf8 { file: String, offset: u64 } = "invalid_utf8",
            "{file} is not UTF-8 at byte {offset}: convert it to UTF-8";
        ControlCharacters { file: String, percent: usize } = "control_characters",
            "{file} is a binary file, not text: {percent} % of its bytes are control characters";
        NulByte { file: String, offset: u64 } = "nul_byte",
            "{file} is a binary file, not text: it has a NUL byte at {offset}";
        NotDecompressed { file: String, reason: String } = "damaged_compression",
            "{file} is damaged or cut short and cannot be decompressed: {reason}";
        NoTokens {} = "no_tokens",
            "the corpus holds no tokens: normalization removes all of its text";
        SentencesTooLong { sentence: u64, sentences: usize, limit: u32 } = "sentences_too_long",
            "the {sentences} sentences before sentence {sentence} have more than {limit} tokens together: \
             split the text into lines";
        TooManyTokens { tokens: usize, limit: usize } = "too_many_tokens",
            "the store has {tokens} tokens, and examples can be made from at most {limit}: split the corpus";
        TooFewForValidation { documents: usize, needed: usize } = "too_few_documents_for_validation",
            "the corpus has {documents} different documents, too few to hold any out for validation: \
             {needed} are needed; blank lines, headings and separate files separate documents";
        TooFewForPairs { documents: usize } = "too_few_documents_for_pairs",
            "next-sentence prediction needs at least two documents, since random sentences come from \
             another document, and this corpus has {documents}: separate documents by blank lines or \
             headings, give more files, or use the objective sentence_order, which needs one document";
        SingleSentences {} = "single_sentence_documents",
            "every document of this corpus is a single sentence, so none has a next sentence to predict: \
             remove the blank lines between sentences, or use the objective full_sentences or line";
        NoExample { seq_len: usize } = "no_example",
            "the corpus gives no example of up to {seq_len} tokens: give more text";
        TooFewForRanks { examples: usize, seq_len: usize, world_size: usize } = "too_few_examples_for_ranks",
            "the corpus gives {examples} examples of up to {seq_len} tokens, too few for {world_size} \
             processes: give more text";
        TooFewForBatch { examples: usize, seq_len: usize, batch_size: usize } = "too_few_examples_for_batch",
            "the corpus gives {examples} examples of up to {seq_len} tokens, too few for one batch of \
             {batch_size}: use a batch size of {examples} or less, or give more text";
        EpochTooSmall { epoch: u32 } = "epoch_without_batch",
            "epoch {epoch} has too few examples for one batch: use a smaller batch size, or give more text";
    }
}
