//! What a thread leaves behind for the next one to use again.

use std::sync::Mutex;

/// What threads that are not encoding now have left behind for the next one.
#[derive(Debug)]
pub struct ScratchPool<T>(Mutex<Vec<T>>);

impl<T> ScratchPool<T> {
    /// Something that was given back. Nobody ever waits here: a process that forks while another thread
    /// holds the lock would wait for ever in the child.
    pub fn take(&self) -> Option<T> {
        self.0.try_lock().ok()?.pop()
    }

    pub fn give_back(&self, left: T) {
        if let Ok(mut all) = self.0.try_lock() {
            all.push(left);
        }
    }
}

impl<T> Default for ScratchPool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// A copy begins with nothing.
impl<T> Clone for ScratchPool<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}
