import Simulation
import Testing

struct SimulationCampaignTests {
    @Test func `x`() throws {
    }
}
