/// What owns memory that `withPointers` gives access to: a buffer, a tensor, what is made of them.
package protocol PointerAccess {
    associatedtype Pointers
    /// Where the memory lies that this value holds; valid within the `withPointers` that gives the permit.
    func pointers(_ permit: borrowing PointerPermit) -> Pointers
}

/// Leave to take pointers. Only `withPointers` has one, and only while it keeps the owners alive.
package struct PointerPermit: ~Copyable {
    fileprivate init() {}
}

/// Calls `body` with pointers into the owners' memory, none of which goes back to the pool before `body` returns.
///
/// Work shared out by `Parallel` belongs inside `body`; pointers must not leave it. Owners may be nil or arrays.
package func withPointers<each Owner: PointerAccess, Result>(
    to owners: repeat each Owner, body: (repeat (each Owner).Pointers) -> Result
) -> Result {
    let permit = PointerPermit()
    return withExtendedLifetime((repeat each owners)) { body(repeat (each owners).pointers(permit)) }
}

extension Optional {
    /// Whether there is a value. Of pointers that a closure of `withPointers` is given, ask this, `if let` or `?.`, never `== nil`:
    /// across modules the optimiser of Swift 6.3 has been seen to answer that with false where the value is nil.
    package var isThere: Bool {
        if case .some = self { true } else { false }
    }
}

extension Optional: PointerAccess where Wrapped: PointerAccess {
    package func pointers(_ permit: borrowing PointerPermit) -> Wrapped.Pointers? {
        switch self {
        case .some(let owner): owner.pointers(permit)
        case nil: nil
        }
    }
}

extension Array: PointerAccess where Element: PointerAccess {
    package func pointers(_ permit: borrowing PointerPermit) -> [Element.Pointers] {
        var pointers: [Element.Pointers] = []
        pointers.reserveCapacity(count)
        for owner in self { pointers.append(owner.pointers(permit)) }
        return pointers
    }
}
