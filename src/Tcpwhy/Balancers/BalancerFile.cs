using System.Globalization;
using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers;

/// <summary>One of the programs for which configurations are written.</summary>
public enum BalancerKind
{
    Haproxy,
    Nginx,
}

/// <summary>A configuration as it was written for one version, and what the installed program said of it.</summary>
/// <param name="Text">The whole file.</param>
/// <param name="CheckedBy">The version that found it valid; null when it could not be asked.</param>
public sealed record BalancerFile(string Text, ProgramVersion WrittenFor, ProgramVersion? CheckedBy)
{
    /// <summary>For a host that has neither program and names no version: those of Debian 12.</summary>
    private static readonly ProgramVersion HaproxyOtherwise = new(2, 6, 12), NginxOtherwise = new(1, 22, 1);

    /// <summary>Writes the configuration and has it checked when the program is installed and not older than what it was written for.</summary>
    /// <param name="wanted">The version to write for; null for the installed one.</param>
    /// <exception cref="ToolException">The version is too old to write for, or the program refused the result, as it does for a certificate that it cannot read.</exception>
    public static BalancerFile Make(BalancerKind kind, BalancerSetup setup, ProgramVersion? wanted, BalancerProgram? installed)
    {
        bool haproxy = kind == BalancerKind.Haproxy;
        ProgramVersion version = wanted ?? installed?.Version ?? (haproxy ? HaproxyOtherwise : NginxOtherwise);
        ProgramVersion oldest = haproxy ? HaproxyConfiguration.Oldest : NginxConfiguration.Oldest;
        if (version < oldest)
            throw new ToolException($"version {version}: too old to keep connections well; the oldest to write for is {oldest}", ExitCode.Usage);
        string text = haproxy ? HaproxyConfiguration.Write(setup, version) : NginxConfiguration.Write(setup, version, NginxPlaces.Usual);
        if (installed is null || installed.Version < version)
            return new BalancerFile(text, version, null);
        string? complaint = haproxy ? Check(installed, text) : Check(installed, setup, version);
        return complaint is null
            ? new BalancerFile(text, version, installed.Version)
            : throw new ToolException($"{(haproxy ? "haproxy -c" : "nginx -t")} ({installed.Version}) refuses it, so nothing was written: {complaint}", ExitCode.Usage);
    }

    private static string? Check(BalancerProgram haproxy, string text) => Below(directory =>
    {
        string file = Path.Combine(directory, "haproxy.cfg");
        File.WriteAllText(file, text);
        return haproxy.CheckHaproxy(file)?.Replace(file, "haproxy.cfg", StringComparison.Ordinal);
    });

    // nginx would create the files that it names, and ask DNS for the backends: so both are replaced for the trial.
    private static string? Check(BalancerProgram nginx, BalancerSetup setup, ProgramVersion version) => Below(directory =>
    {
        string file = Path.Combine(directory, "nginx.conf");
        int last = 0;
        BalancerSetup trial = setup with
        {
            Backends = [.. setup.Backends.Select(backend => backend.Address.Address is not null ? backend
                : backend with { Address = ServerAddress.Parse($"{new IPAddress([192, 0, 2, (byte)(1 + (last++ % 250))])}:{(1 + (last / 250)).ToString(CultureInfo.InvariantCulture)}") })],
        };
        File.WriteAllText(file, NginxConfiguration.Write(trial, version, NginxPlaces.Below(directory)));
        return nginx.CheckNginx(file, isolated: true)?.Replace(file, "nginx.conf", StringComparison.Ordinal);
    });

    private static string? Below(Func<string, string?> check)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tcpwhy-");
        try
        {
            return check(directory.FullName);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
