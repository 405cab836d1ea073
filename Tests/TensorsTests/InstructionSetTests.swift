import Foundation
import Tensors
import Testing

@Suite struct InstructionSetTests {
    @Test func theOneInUseIsAmongThoseThatCanBeUsed() {
        #expect(InstructionSet.available.contains(InstructionSet.current))
        #expect(InstructionSet.available.last == "baseline")
        #expect(InstructionSet.available.allSatisfy(InstructionSet.all.contains))
    }

    @Test func theEnvironmentChoosesElseTheBestIsUsed() {
        let wanted = ProcessInfo.processInfo.environment[InstructionSet.variable]
        let isAvailable = wanted.map(InstructionSet.available.contains) ?? false
        #expect(InstructionSet.current == (isAvailable ? wanted : InstructionSet.available.first))
    }

    @Test func aUnitComesWithTheBestSetAndAFloat32SetWithoutOne() {
        let wanted = ProcessInfo.processInfo.environment[InstructionSet.variable] ?? ""
        let units = InstructionSet.choices.filter(InstructionSet.allUnits.contains)
        #expect(units.last == "emulated")
        if InstructionSet.available.contains(wanted) {
            #expect(InstructionSet.unit == nil)
        } else {
            #expect(InstructionSet.unit == (units.contains(wanted) ? wanted : units.dropLast().first))
        }
    }
}
