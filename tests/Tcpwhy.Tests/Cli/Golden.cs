using System.Runtime.CompilerServices;
using Xunit;

namespace Tcpwhy.Tests.Cli;

/// <summary>Compares output with a file in tests/Tcpwhy.Tests/Golden; UPDATE_GOLDEN=1 writes the files anew.</summary>
internal static class Golden
{
    public static readonly string Repository = Path.GetFullPath("../../..", Path.GetDirectoryName(Here())!);

    public static void Matches(string file, string actual)
    {
        string path = Path.Combine(Repository, "tests/Tcpwhy.Tests/Golden", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing: write it with UPDATE_GOLDEN=1");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
