// The contents of the vector files, each an array or object of named cases that say why they are
// there.

#ifndef HALFTERM_TESTS_VECTORS_MAKE_VECTORS_H_
#define HALFTERM_TESTS_VECTORS_MAKE_VECTORS_H_
#include "tests/vectors/facet_json.h"

namespace halfterm::testing {

// Merging: what bytes mean, what copies come to, what a tablet writes, how a replica moves.
Json Facets();
Json Joins();
Json Cells();
Json Rehomes();

// What no decoder may accept.
Json Refusals();

// Sealing: groups with their macs and chain, and digests of what is held.
Json Groups();
Json Digests();

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_VECTORS_MAKE_VECTORS_H_
