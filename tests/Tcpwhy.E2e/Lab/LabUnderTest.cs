using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Lab;

/// <summary>Networks for tests, with the command-line program as the actors' executable.</summary>
static class LabUnderTest
{
    public static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "Tcpwhy.Cli.dll");

    /// <summary>A network; the test is skipped, with the reason, where one cannot be made.</summary>
    public static async Task<Network> NetworkAsync(IReadOnlyList<string> requires)
    {
        IReadOnlyList<string> missing = Requirements.Missing(requires);
        Assert.SkipWhen(missing.Count > 0, $"needs {string.Join(", ", missing)}");
        return await Network.CreateAsync(Executable, TestContext.Current.CancellationToken);
    }
}
