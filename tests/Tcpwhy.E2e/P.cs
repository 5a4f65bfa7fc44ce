namespace Tcpwhy.E2e; public class Placeholder { [Xunit.Fact] public void Runs() { } }
