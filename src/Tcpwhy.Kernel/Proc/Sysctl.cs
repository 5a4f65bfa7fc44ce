using System.Globalization;
using System.Text;

namespace Tcpwhy.Kernel.Proc;

/// <summary>Kernel settings below /proc/sys. Those of net.* are of the calling thread's network namespace, whatever process one looks through: see <see cref="NetworkNamespace.Run{T}"/>.</summary>
public sealed class Sysctl(ProcFs proc)
{
    /// <summary>The value without its line end; null when this kernel has no such setting.</summary>
    /// <exception cref="KernelException">It cannot be read, as a write-only one or another user's secret.</exception>
    public string? Text(string name) => proc.ReadText("sys/" + Path(name))?.TrimEnd('\n');

    /// <summary>The value as a number; null when this kernel has no such setting.</summary>
    /// <exception cref="InvalidDataException">It is no number.</exception>
    public long? Number(string name) => Text(name) is { } text ? Parse(name, text) : null;

    /// <summary>The numbers of a setting that has several, as tcp_rmem (min, default, max) or ip_local_port_range; null when this kernel has no such setting.</summary>
    /// <exception cref="InvalidDataException">One is no number.</exception>
    public long[]? Numbers(string name) =>
        Text(name)?.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(word => Parse(name, word)).ToArray();

    /// <summary>Sets a value, in one write as the kernel wants it.</summary>
    /// <exception cref="KernelException">The kernel has no such setting, refuses the value, or we may not.</exception>
    public void Write(string name, string value)
    {
        string path = proc.Path("sys/" + Path(name));
        using Fd fd = Libc.open(path, Libc.O_WRONLY | Libc.O_CLOEXEC, 0).OrThrow("open", path);
        byte[] line = Encoding.UTF8.GetBytes(value + "\n");
        KernelException.Check(Libc.write(fd, line, (nuint)line.Length), "write", $"{path}, {value}");
    }

    /// <summary>The file of a name as sysctl(8) takes it: dots part, and a slash stands for a dot in an interface's name (net.ipv4.conf.eth0/100.rp_filter); a name that begins with a path's slashes is taken as it is.</summary>
    public static string Path(string name)
    {
        // sysctl(8) lets the first separator decide which of the two parts.
        int first = name.AsSpan().IndexOfAny('.', '/');
        if (first >= 0 && name[first] == '/')
            return name;
        return string.Create(name.Length, name, static (path, name) =>
        {
            for (int i = 0; i < path.Length; i++)
                path[i] = name[i] switch { '.' => '/', '/' => '.', char c => c };
        });
    }

    /// <summary>The name of a file below /proc/sys: the inverse of <see cref="Path"/>.</summary>
    public static string Name(string path) => string.Create(path.Length, path, static (name, path) =>
    {
        for (int i = 0; i < name.Length; i++)
            name[i] = path[i] switch { '/' => '.', '.' => '/', char c => c };
    });

    private static long Parse(string name, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, null, out long value) ? value
        : ulong.TryParse(text, NumberStyles.None, null, out _) ? long.MaxValue
        : throw new InvalidDataException($"{name}: '{text}' is no number");
}
