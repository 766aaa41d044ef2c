@main
enum AndruckCommand {
  static func main() {}
}
