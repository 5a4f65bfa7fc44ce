using Tcpwhy.Kernel;
using Tcpwhy.Serving;

namespace Tcpwhy.Cli.Ui;

/// <summary>A run of the test server that has ended.</summary>
internal sealed record Listened(TestServer Server, DateTimeOffset Start, DateTimeOffset End, Cost Cost)
{
    public double Seconds => (End - Start).TotalSeconds;

    /// <summary>The word for what it serves, as --mode takes it.</summary>
    public static string Mode(ListenSettings settings) => settings.Mode switch
    {
        ListenMode.Echo => "echo",
        ListenMode.Discard => "discard",
        ListenMode.Chargen => "chargen",
        _ => "http",
    };
}
