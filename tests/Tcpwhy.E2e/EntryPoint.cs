using Tcpwhy.E2e.History;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Tcpwhy.E2e;

/// <summary>Runs the tests, or is the process that a test kills.</summary>
static class EntryPoint
{
    static Task<int> Main(string[] args) =>
        HistoryChild.Words is { } words ? Task.Run(() => HistoryChild.Run(words))
        : args.Contains("--server") || args.Contains("--internal-msbuild-node") ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
        : ConsoleRunner.Run(args);
}
