//! Reading a whole table when a world is opened.

use futures_util::{FutureExt, Stream, TryStreamExt};

/// The next row. Rows come from a thread of their own, one by one: being woken for each of them takes longer than its
/// making, so whoever reads looks again and again, and leaves the core to the other thread in between.
pub(crate) async fn next<T, E>(rows: &mut (impl Stream<Item = Result<T, E>> + Unpin)) -> Result<Option<T>, E> {
    loop {
        if let Some(row) = rows.try_next().now_or_never() {
            return row;
        }
        std::thread::yield_now();
    }
}
