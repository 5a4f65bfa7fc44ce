using System.Runtime.CompilerServices;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Tests.Kernel;

/// <summary>The files below Fixtures.</summary>
internal static class KernelFixture
{
    private static readonly string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Source())!, "../Fixtures"));

    /// <summary>A /proc with process 4242 in a docker container and process 4343 in another network namespace.</summary>
    public static ProcFs Proc => new(Path.Combine(root, "proc"));

    public static string Text(string name) => File.ReadAllText(Path.Combine(root, name));

    /// <summary>Bytes captured from Linux 6.18 in a fresh network namespace, written in hexadecimal.</summary>
    public static byte[] Hex(string name) => Convert.FromHexString(Text(name).ReplaceLineEndings(""));

    private static string Source([CallerFilePath] string path = "") => path;
}
