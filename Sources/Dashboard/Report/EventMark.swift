/// How an event looks on the timeline: told apart by shape as well as by colour.
enum EventMark: CaseIterable {
    case joined
    case left
    case lost
    case leaseLapsed
    case refused
    case recovered
    case other
    case routine

    init(_ event: FleetEventRecord.Name) {
        switch event {
        case .joined: self = .joined
        case .left: self = .left
        case .lost: self = .lost
        case .leaseLapsed: self = .leaseLapsed
        case .refused: self = .refused
        case .resumed, .interrupted: self = .recovered
        case _ where event.isRoutine: self = .routine
        default: self = .other
        }
    }

    var words: String {
        switch self {
        case .joined: "joined"
        case .left: "left"
        case .lost: "lost"
        case .leaseLapsed: "lease lapsed"
        case .refused: "refused"
        case .recovered: "interrupted or resumed"
        case .other: "other"
        case .routine: "round or checkpoint"
        }
    }

    /// Drawn around the origin, at most 14 units across.
    var shape: Markup {
        switch self {
        case .joined: "<path class=\"mark good\" d=\"M-4-5.5 5 0-4 5.5Z\"/>"
        case .left: "<circle class=\"mark hollow\" r=\"4.5\"/>"
        case .lost: "<path class=\"cross\" d=\"M-5-5 5 5M5-5-5 5\"/>"
        case .leaseLapsed: "<path class=\"mark warn\" d=\"M0-6 6 0 0 6-6 0Z\"/>"
        case .refused: "<path class=\"mark bad\" d=\"M0-6 6 5H-6Z\"/>"
        case .recovered: "<rect class=\"mark warn\" x=\"-5\" y=\"-5\" width=\"10\" height=\"10\"/>"
        case .other: "<circle class=\"mark plain\" r=\"4\"/>"
        case .routine: "<path class=\"tick\" d=\"M0-5V5\"/>"
        }
    }
}
