//! Work that holds a processor for a second and more: making RSA keys, hashing the passwords of files. However many ask
//! for it, most threads go on answering everybody else.

use tokio::sync::Semaphore;

use crate::error::VaultError;

/// How much of it is done at once, in the whole process.
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
const AT_ONCE: usize = 2;

/// Does the work when its turn comes.
pub(crate) async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, VaultError> {
    let turn = TURNS.acquire().await.map_err(|error| VaultError::Internal(error.to_string()))?;
    let work = move || {
        // Kept until the work is done, even if nobody waits for it any more.
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| VaultError::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn work_keeps_its_turn_when_nobody_waits_any_more() {
        let (go_on, waiting) = mpsc::channel::<()>();
        let (tell, told) = tokio::sync::oneshot::channel();
        let waiter = tokio::spawn(in_turn(move || {
            let _ = tell.send(());
            let _ = waiting.recv();
        }));
        told.await.unwrap();
        waiter.abort();
        assert!(waiter.await.unwrap_err().is_cancelled());
        assert!(TURNS.available_permits() < AT_ONCE);
        go_on.send(()).unwrap();
        // All turns can be had again.
        drop(TURNS.acquire_many(AT_ONCE.try_into().unwrap()).await.unwrap());
    }
}
