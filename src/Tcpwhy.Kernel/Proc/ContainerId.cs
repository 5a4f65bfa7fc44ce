using System.Text.RegularExpressions;

namespace Tcpwhy.Kernel.Proc;

/// <summary>Finds the container in a cgroup's path.</summary>
public static partial class ContainerId
{
    private const int ShownDigits = 12;

    /// <summary>The first 12 hexadecimal digits of the container's id, as docker and podman show it; null outside a container: systemd's slices and services are none.</summary>
    /// <param name="path">As /docker/ID, /system.slice/docker-ID.scope, …/cri-containerd-ID.scope, …/libpod-ID.scope/container, /kubepods/burstable/podUID/ID.</param>
    public static string? FromCgroup(string? path)
    {
        if (path is null)
            return null;

        // The innermost one: a container within a container (kind, docker in docker) is the one that its user knows.
        MatchCollection matches = Id().Matches(path);
        return matches.Count == 0 ? null : matches[^1].Groups["id"].Value[..ShownDigits];
    }

    // containerd's own paths look like /kubepods-pod1.slice:cri-containerd:ID.
    [GeneratedRegex("(?:^|[/:-])(?<id>[0-9a-f]{64})(?:\\.scope)?(?=/|$)")]
    private static partial Regex Id();
}
