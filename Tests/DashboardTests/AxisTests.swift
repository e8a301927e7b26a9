import Testing

@testable import Dashboard

@Suite struct AxisTests {
    @Test(arguments: [
        [0.0, 34], [0.55, 0.7498], [-3, 3], [1, 1], [0, 0], [1e-9, 3e-9], [5e15, 6e15], [-1e300, 1e300],
        [0.1, 0.1 + 1e-13],
    ])
    func `ticks lie on the axis, in order, and are few`(_ values: [Double]) {
        for isWhole in values.allSatisfy({ $0 == $0.rounded() }) ? [false, true] : [false] {
            let axis = Axis.linear(over: values, isWhole: isWhole)
            let places = axis.ticks.map { axis.position(of: $0.value) }
            #expect(places == places.sorted())
            #expect(places.allSatisfy { $0 > -1e-6 && $0 < 1 + 1e-6 })
            #expect(places.count <= 12)
            #expect(values.allSatisfy { (0...1).contains(axis.position(of: $0)) })
        }
    }

    @Test func `labels have the decimals of the step`() {
        #expect(Axis.linear(over: [0.55, 0.7]).ticks.map(\.label) == ["0.55", "0.60", "0.65", "0.70"])
        #expect(Axis.linear(over: [0, 30_000]).ticks.map(\.label).last == "30,000")
        #expect(Axis.linear(over: [0, 2_500_000]).ticks.map(\.label).last == "2.5M")
    }

    @Test func `a whole axis has whole ticks`() {
        #expect(Axis.linear(over: [1, 3], isWhole: true).ticks.map(\.label) == ["1", "2", "3"])
    }

    @Test func `a logarithmic axis has a place for nothing`() {
        let axis = Axis.logarithmic(over: [0, 99_999])
        #expect(axis.position(of: 0) == 0)
        #expect(axis.position(of: 99_999) == 1)
        #expect(axis.ticks.map(\.label) == ["0", "10", "100", "1,000", "10,000"])
        #expect(Axis.logarithmic(over: [0]).ticks.map(\.label) == ["0", "1"])
    }

    @Test func `thinning keeps both ends`() {
        let points = (0..<1000).map { LineChart.Point(x: Double($0), y: 0, note: "") }
        let thinned = LineChart.thinned(points, to: 7)
        #expect(thinned.map(\.x) == [0, 166, 333, 499, 666, 832, 999])
        #expect(LineChart.thinned(Array(points.prefix(7)), to: 7).count == 7)
    }
}
