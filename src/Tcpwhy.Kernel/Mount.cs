using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Kernel;

/// <summary>A mounted file system that this process can see.</summary>
/// <param name="Root">The directory of the file system that is mounted; "/" for all of it.</param>
/// <param name="Path">Where it is mounted.</param>
/// <param name="Type">As "cgroup2" or "nsfs".</param>
public sealed record Mount(string Root, string Path, string Type)
{
    /// <summary>Every mount of this thread's mount namespace, in the kernel's order; a later one may hide an earlier.</summary>
    /// <exception cref="KernelException">mountinfo cannot be read.</exception>
    /// <exception cref="InvalidDataException">mountinfo does not parse.</exception>
    public static List<Mount> List(ProcFs proc) => Parse(proc.ReadText("thread-self/mountinfo") ?? "");

    /// <summary>Reads <c>36 35 98:0 /root /path options [tag…] - type source options</c>.</summary>
    internal static List<Mount> Parse(string mountInfo)
    {
        var mounts = new List<Mount>();
        foreach (string line in mountInfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-");
            if (dash < 6 || dash + 1 >= words.Length)
                throw new InvalidDataException($"mountinfo: '{line}'");
            mounts.Add(new Mount(Unescape(words[3]), Unescape(words[4]), words[dash + 1]));
        }
        return mounts;
    }

    // The kernel writes space, tab, line feed and backslash as three octal digits.
    private static string Unescape(string word) =>
        word.Replace("\\040", " ").Replace("\\011", "\t").Replace("\\012", "\n").Replace("\\134", "\\");
}
