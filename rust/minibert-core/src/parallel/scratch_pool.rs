//! Used buffers that the next thread can use again.

use std::sync::Mutex;

/// Values that no thread uses now.
#[derive(Debug)]
pub struct ScratchPool<T>(Mutex<Vec<T>>);

impl<T> ScratchPool<T> {
    /// A value that was given back. It never waits for the lock: if a process forks while another thread
    /// holds the lock, the child would wait forever.
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

/// A clone starts empty.
impl<T> Clone for ScratchPool<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}
