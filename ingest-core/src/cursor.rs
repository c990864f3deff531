//! Writes behind the end of what counts in a buffer, into bytes that the buffer already has, and cuts
//! the rest off at the end: so a field has one check of the room, and copies of fixed sizes.

/// The growing end of a buffer. What was not kept is gone when this is dropped, so that `out` is as
/// it was before after an error, and after a panic in a user's code.
pub(crate) struct Cursor<'a> {
    out: &'a mut Vec<u8>,
    /// Where the next byte goes.
    at: usize,
    /// What `out` keeps.
    keep: usize,
    /// Bytes by which `out` grows at first, and later beyond what is needed.
    step: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    pub(crate) fn new(out: &'a mut Vec<u8>, step: usize) -> Self {
        let at = out.len();
        out.resize(at + step, 0);
        Self {
            out,
            at,
            keep: at,
            step,
        }
    }

    /// The bytes behind the end, if there are so many already; [`Cursor::advance`] says how many
    /// of them count.
    #[inline]
    pub(crate) fn window<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        self.out.get_mut(self.at..self.at + N)?.first_chunk_mut()
    }

    /// So many bytes behind the end.
    #[inline]
    pub(crate) fn room(&mut self, bytes: usize) -> &mut [u8] {
        let end = self.at + bytes;
        if self.out.len() < end {
            self.grow(bytes);
        }
        &mut self.out[self.at..end]
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn grow(&mut self, bytes: usize) {
        self.out.resize(self.at + bytes + self.step, 0);
    }

    #[inline]
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    #[inline]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
        self.advance(bytes.len());
    }

    /// What was written since the start.
    #[inline]
    pub(crate) fn written(&mut self) -> &mut [u8] {
        &mut self.out[self.keep..self.at]
    }

    /// Keeps what was written, with its first byte replaced and one byte behind it.
    #[inline]
    pub(crate) fn enclose(mut self, first: u8, last: u8) {
        let keep = self.keep;
        self.at = self.at.max(keep + 1);
        self.room(1)[0] = last;
        self.out[keep] = first;
        self.keep = self.at + 1;
    }

    /// Begins anew.
    pub(crate) fn rewind(&mut self) {
        self.at = self.keep;
    }

    /// Keeps what was written.
    #[inline]
    pub(crate) fn finish(mut self) {
        self.keep = self.at;
    }
}

impl Drop for Cursor<'_> {
    #[inline]
    fn drop(&mut self) {
        self.out.truncate(self.keep);
    }
}
