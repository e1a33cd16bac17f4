// Bearer tokens (RFC 6750): taken out of a request here, judged by whoever handles it.
// Pure; safe on any thread.

#pragma once

#include <string_view>

namespace havenline {

// The token in the value of an Authorization header; empty if it is of another scheme or malformed.
std::string_view BearerToken(std::string_view authorization);

// RFC 6750's b64token: what may be sent as one.
bool IsBearerToken(std::string_view text);

// Whether two secrets are the same, in a time that depends on their lengths only, which may leak.
// False if both are empty: an absent token never equals an absent secret.
bool SecretEqual(std::string_view a, std::string_view b);

}  // namespace havenline
