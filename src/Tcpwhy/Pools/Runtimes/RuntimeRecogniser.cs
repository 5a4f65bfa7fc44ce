using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Pools.Runtimes;

/// <summary>Tells what runs a process: by the name of its program, else by the libraries that it has mapped, else by the mark that Go leaves in its programs. Reads /proc alone and asks the process nothing.</summary>
public static class RuntimeRecogniser
{
    // The note of Go's linker: a name of 4 bytes, a description, type 4, "Go".
    private static ReadOnlySpan<byte> GoNote => [4, 0, 0, 0, (byte)'G', (byte)'o', 0, 0];

    private static readonly (string Program, Runtime Runtime)[] Programs =
    [
        ("java", Runtime.Java), ("node", Runtime.NodeJs), ("dotnet", Runtime.DotNet), ("python", Runtime.Python), ("pypy", Runtime.Python),
        ("ruby", Runtime.Ruby), ("php", Runtime.Php), ("nginx", Runtime.Nginx), ("openresty", Runtime.Nginx), ("haproxy", Runtime.Haproxy), ("envoy", Runtime.Envoy),
    ];

    private static readonly (string Mapped, Runtime Runtime)[] Libraries =
    [
        ("/libjvm.so", Runtime.Java), ("/libcoreclr.so", Runtime.DotNet), ("doublemapper", Runtime.DotNet), ("/libnode.so", Runtime.NodeJs),
        ("/libpython", Runtime.Python), ("/libruby", Runtime.Ruby), ("/libphp", Runtime.Php),
    ];

    /// <summary>The runtime; unknown when it is another one, the process ended, or we may not look.</summary>
    public static Runtime Of(ProcFs proc, int pid)
    {
        try
        {
            if (ProcessEntry.Read(proc, pid) is not { } process)
                return Runtime.Unknown;
            return ByName(process.Exe ?? process.CommandLine.FirstOrDefault() ?? process.Comm)
                ?? ByMaps(proc.ReadText($"{pid}/maps") ?? "")
                ?? (IsGo(proc.Path($"{pid}/exe")) ? Runtime.Go : Runtime.Unknown);
        }
        catch (Exception hidden) when (hidden is KernelException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return Runtime.Unknown;
        }
    }

    /// <summary>By a program's path: php-fpm8.2, python3.11 and nodejs begin with what they are.</summary>
    internal static Runtime? ByName(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        foreach ((string program, Runtime runtime) in Programs)
        {
            if (name.StartsWith(program, StringComparison.Ordinal) && IsVersion(name.AsSpan(program.Length)))
                return runtime;
        }
        return null;
    }

    internal static Runtime? ByMaps(string maps)
    {
        foreach ((string mapped, Runtime runtime) in Libraries)
        {
            if (maps.Contains(mapped, StringComparison.Ordinal))
                return runtime;
        }
        return null;
    }

    // nodejs, php-fpm8.2, python3.11-dbg; not javascriptcore.
    private static bool IsVersion(ReadOnlySpan<char> rest) =>
        rest.IsEmpty || rest[0] is '-' or '.' or ' ' or ':' || char.IsAsciiDigit(rest[0]) || rest is "js";

    private static bool IsGo(string path)
    {
        // The linker puts it into the first page, before the code.
        Span<byte> head = stackalloc byte[8192];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)].IndexOf(GoNote) >= 0;
    }
}
