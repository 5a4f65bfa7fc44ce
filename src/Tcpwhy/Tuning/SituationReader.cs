using System.Globalization;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Tuning;

/// <summary>Looks at a target: its settings, and how near their limits are.</summary>
public static class SituationReader
{
    /// <exception cref="KernelException">The kernel does not let us list sockets, or enter the namespace.</exception>
    public static Situation Read(ProcFs proc, Target target) => new()
    {
        Kernel = KernelVersion(proc.ReadText("sys/kernel/osrelease") ?? ""),
        IsHost = target.IsHost,
        Netns = target.Netns,
        Values = target.Run(() => Values(proc)),
        Headroom = new HeadroomReader(proc, target).Read(),
    };

    /// <summary>Reads 6.18 of 6.18.44-cloud.</summary>
    /// <exception cref="InvalidDataException">It is no release of a kernel.</exception>
    internal static Version KernelVersion(string release)
    {
        string[] parts = release.Split('.', '-', '+', '\n');
        return parts.Length >= 2 && int.TryParse(parts[0], NumberStyles.None, null, out int major) && int.TryParse(parts[1], NumberStyles.None, null, out int minor)
            ? new Version(major, minor)
            : throw new InvalidDataException($"osrelease: '{release.Trim()}' is no release of a kernel");
    }

    private static Dictionary<string, string> Values(ProcFs proc)
    {
        var sysctl = new Sysctl(proc);
        Dictionary<string, string> values = [];
        foreach (Setting setting in Settings.All)
        {
            if (sysctl.Text(setting.Name) is { } value)
                values[setting.Name] = ValueShape.Plain(value);
        }
        return values;
    }
}
