// halftermd's allocator is jemalloc; it finds its settings under this name.
//
// A push allocates in bursts: some ten thousand small values for a batch, all released together.
// glibc joins such blocks with their neighbours again and again, which was a quarter of the
// server's processor time.

// Bounds what threads keep for themselves: by default there are four arenas for each processor.
extern "C" const char* const malloc_conf = "narenas:4";
