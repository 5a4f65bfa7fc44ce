using System.Diagnostics;

namespace Tcpwhy.Balancers;

/// <summary>HAProxy or nginx as it is installed here: asked for its version, and to check a configuration, without any effect on the host.</summary>
public sealed class BalancerProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _path;

    private BalancerProgram(string path, ProgramVersion version, string about) => (_path, Version, About) = (path, version, about);

    public ProgramVersion Version { get; }

    /// <summary>What it says of itself (haproxy -v, nginx -V).</summary>
    public string About { get; }

    /// <summary>The program of that name, or null when it is not installed or does not say its version.</summary>
    public static BalancerProgram? Find(string name)
    {
        if (Locate(name) is not { } path)
            return null;
        (_, string said) = Run([path, name == "nginx" ? "-V" : "-v"]);
        return ProgramVersion.Find(said) is { } version ? new BalancerProgram(path, version, said) : null;
    }

    /// <summary>Asks HAProxy about a file; null when it is content, else its complaints.</summary>
    public string? CheckHaproxy(params IEnumerable<string> files)
    {
        (int status, string said) = Run([_path, "-c", .. files.SelectMany(file => new[] { "-f", file })]);
        return status == 0 ? null : Complaints(said, "[ALERT]");
    }

    /// <summary>Asks nginx about a file; null when it is content, else its complaints. Since <c>nginx -t</c> opens the ports that the file names, it runs in a network namespace of its own where that is allowed and <paramref name="isolated"/>.</summary>
    public string? CheckNginx(string file, bool isolated)
    {
        // Before 1.19.5 it writes to the log that it was built with.
        string[] command = Version.IsAtLeast(1, 19, 5) ? [_path, "-t", "-e", "/dev/stderr", "-c", file] : [_path, "-t", "-c", file];
        string[] apart = Environment.IsPrivilegedProcess ? ["unshare", "--net"] : ["unshare", "--map-root-user", "--net"];
        bool alone = isolated && Locate("unshare") is not null && Run([.. apart, "true"]).Status == 0;
        (int status, string said) = Run(alone ? [.. apart, .. command] : command);
        return status == 0 ? null : Complaints(said, "[emerg]");
    }

    /// <summary>The lines that tell what is wrong, or all when none is marked.</summary>
    private static string Complaints(string said, string mark)
    {
        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] marked = [.. lines.Where(line => line.Contains(mark, StringComparison.Ordinal)).Take(3)];
        return string.Join("; ", marked.Length > 0 ? marked : lines);
    }

    private static (int Status, string Said) Run(string[] command)
    {
        var start = new ProcessStartInfo(Locate(command[0]) ?? command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using StreamReader output = process.StandardOutput, errors = process.StandardError;
        Task<string> said = output.ReadToEndAsync(), complained = errors.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            return (-1, $"{command[0]} did not answer within {Patience.TotalSeconds:0} s");
        }
        return (process.ExitCode, said.GetAwaiter().GetResult() + complained.GetAwaiter().GetResult());
    }

    // The directories for administrators count even when PATH lacks them.
    private static string? Locate(string program) => program.Contains('/', StringComparison.Ordinal) ? program
        : $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin:/usr/bin:/bin"
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
}
