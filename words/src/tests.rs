//! What holds over all sentences.
