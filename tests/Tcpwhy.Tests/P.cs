namespace Tcpwhy.Tests; public class Placeholder { [Xunit.Fact] public void Runs() { } }
