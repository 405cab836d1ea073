import Foundation

/// Whether the tests, and the program with them, run under AddressSanitizer or ThreadSanitizer.
public enum Sanitizer {
    public static let isOn = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}
