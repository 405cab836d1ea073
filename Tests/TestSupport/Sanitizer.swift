import Foundation

/// Whether the tests, and the program with them, run under AddressSanitizer or ThreadSanitizer.
package enum Sanitizer {
    package static let isOn = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}
