import ArgumentParser
import Tensors

extension Metric: ExpressibleByArgument {}

extension NeighborMetric: ExpressibleByArgument {}
