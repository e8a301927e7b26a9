@main
struct Coterie {
    static func main() {}
}
