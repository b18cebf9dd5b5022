// What of Boost is compiled once for the gateway, instead of in each source that includes it.

#include <boost/asio/impl/src.hpp>
