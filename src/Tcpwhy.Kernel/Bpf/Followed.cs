using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Mirrors <c>struct followed</c> of bpf/events.h: processes whose connections the next look at all sockets tells one by one.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Followed
{
    /// <summary>How many processes one look can follow.</summary>
    public const int Most = 64;

    public uint look;
    public uint count;
    public FollowedProcesses processes;

    /// <summary>The first <see cref="Most"/> of some processes, in a look of that number, which is not 0; of each it tells <paramref name="room"/> connections at most.</summary>
    public static Followed Of(uint look, IEnumerable<int> pids, int room)
    {
        Followed followed = new() { look = look };
        foreach (int pid in pids.Take(Most))
            followed.processes[(int)followed.count++] = new FollowedProcess { pid = (uint)pid, room = (uint)room };
        return followed;
    }
}

/// <summary>Mirrors <c>struct followed_process</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FollowedProcess
{
    public uint pid;
    public uint room;
}

/// <summary>The processes of a <see cref="Followed"/>.</summary>
[InlineArray(Followed.Most)]
public struct FollowedProcesses
{
    private FollowedProcess _first;
}

/// <summary>Mirrors <c>struct waiter</c>: in which look a process had connections whose answers were late, and how many.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Waiter
{
    public uint look;
    public uint late;
}

/// <summary>Mirrors <c>enum followed_flags</c>: what a look says of one connection.</summary>
[Flags]
public enum FollowedFlags : uint
{
    None = 0,
    Opened = 1,
    Due = 2,
    Left = 4,
}
