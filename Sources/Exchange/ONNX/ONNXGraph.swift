import Foundation

/// A graph of ONNX operators (https://onnx.ai/onnx/repo-docs/IR.html), built node by node; values are known by name.
///
/// Numbers of fields are those of onnx.proto.
struct ONNXGraph {
    /// Version of the operators' meaning, and of the file format that goes with it.
    static let (operatorSet, format) = (17, 8)

    /// One side of a value's shape.
    enum Side: Equatable {
        case fixed(Int)
        /// Known when the graph is run.
        case named(String)
    }

    enum Attribute {
        case float(Float)
        case integer(Int)
        case integers([Int])
    }

    enum ElementType: Int {
        case float32 = 1
        case int64 = 7
    }

    private var message = ProtocolBuffer()
    private var constants: [String: String] = [:]
    private var count = 0

    /// - Parameter name: of the graph.
    init(_ name: String) {
        message.add(2, name)
    }

    /// Adds a node; returns the name of its output.
    /// - Parameter output: its name; a number if nil.
    @discardableResult
    mutating func node(
        _ type: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [], output: String? = nil
    ) -> String {
        count += 1
        let output = output ?? "\(type)_\(count)"
        var node = ProtocolBuffer()
        for input in inputs { node.add(1, input) }
        node.add(2, output)
        node.add(3, "\(type)_\(count)")
        node.add(4, type)
        for (name, value) in attributes { node.add(5, Self.attribute(name, value)) }
        message.add(1, node)
        return output
    }

    private static func attribute(_ name: String, _ value: Attribute) -> ProtocolBuffer {
        var attribute = ProtocolBuffer()
        attribute.add(1, name)
        switch value {
        case .float(let number):
            attribute.add(2, number)
            attribute.add(20, 1)
        case .integer(let number):
            attribute.add(3, number)
            attribute.add(20, 2)
        case .integers(let numbers):
            for number in numbers { attribute.add(8, number) }
            attribute.add(20, 7)
        }
        return attribute
    }

    /// Adds weights; returns their name.
    @discardableResult
    mutating func weights(_ name: String, shape: [Int], _ values: [Float]) -> String {
        initializer(name, shape, .float32, values.withUnsafeBytes { Data($0) })
        return name
    }

    /// Whole numbers that the graph needs; equal ones are stored once.
    /// - Parameter isScalar: of no dimension instead of one.
    mutating func integers(_ values: [Int], isScalar: Bool = false) -> String {
        constant("integers\(isScalar ? " scalar" : "") \(values)") { graph, name in
            let data = values.map { Int64($0).littleEndian }.withUnsafeBytes { Data($0) }
            graph.initializer(name, isScalar ? [] : [values.count], .int64, data)
        }
    }

    /// A vector of numbers that the graph needs.
    mutating func floats(_ values: [Float]) -> String {
        constant("floats \(values)") { graph, name in graph.weights(name, shape: [values.count], values) }
    }

    private mutating func constant(_ key: String, _ add: (inout ONNXGraph, String) -> Void) -> String {
        if let name = constants[key] { return name }
        let name = "constant_\(constants.count)"
        constants[key] = name
        add(&self, name)
        return name
    }

    private mutating func initializer(_ name: String, _ shape: [Int], _ type: ElementType, _ data: Data) {
        var tensor = ProtocolBuffer()
        for extent in shape { tensor.add(1, extent) }
        tensor.add(2, type.rawValue)
        tensor.add(8, name)
        tensor.add(9, data)
        message.add(5, tensor)
    }

    mutating func input(_ name: String, _ type: ElementType, _ shape: [Side], _ description: String) {
        message.add(11, Self.value(name, type, shape, description))
    }

    mutating func output(_ name: String, _ type: ElementType, _ shape: [Side], _ description: String) {
        message.add(12, Self.value(name, type, shape, description))
    }

    private static func value(
        _ name: String, _ type: ElementType, _ shape: [Side], _ description: String
    ) -> ProtocolBuffer {
        var (sides, tensor, kind, value) = (
            ProtocolBuffer(), ProtocolBuffer(), ProtocolBuffer(), ProtocolBuffer()
        )
        for side in shape {
            var dimension = ProtocolBuffer()
            switch side {
            case .fixed(let extent): dimension.add(1, extent)
            case .named(let name): dimension.add(2, name)
            }
            sides.add(1, dimension)
        }
        tensor.add(1, type.rawValue)
        tensor.add(2, sides)
        kind.add(1, tensor)
        value.add(1, name)
        value.add(2, kind)
        value.add(3, description)
        return value
    }

    /// The graph as a model file.
    func model(
        producer: (name: String, version: String), description: String, metadata: [String: String]
    ) -> Data {
        var (model, operators) = (ProtocolBuffer(), ProtocolBuffer())
        model.add(1, Self.format)
        model.add(2, producer.name)
        model.add(3, producer.version)
        model.add(6, description)
        model.add(7, message)
        operators.add(1, "")
        operators.add(2, Self.operatorSet)
        model.add(8, operators)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            var pair = ProtocolBuffer()
            pair.add(1, key)
            pair.add(2, value)
            model.add(14, pair)
        }
        return model.bytes
    }
}
