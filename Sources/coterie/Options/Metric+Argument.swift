import ArgumentParser
import Tensors

extension Metric: ExpressibleByArgument {}
