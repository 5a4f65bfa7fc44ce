using System.Net;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Netlink;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Finds the calls of connect that came back before there was a SYN, and asks the routing tables why. Where there is a route the call failed for another reason, of which nothing is known.</summary>
internal sealed class Unrouted(Watch watch, Namespaces namespaces, KernelEvents events, TimeProvider time)
{
    /// <summary>From connect to SYN_SENT there are microseconds, unless the processor is taken away meanwhile.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(100);

    /// <summary>A program without a route tries again thousands of times.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly KernelCall[] _calls = new KernelCall[KernelCall.Most];
    private readonly Dictionary<(uint Netns, Endpoint Service, uint Device), (long Asked, int Errno)> _refusals = [];

    /// <summary>A call that a program of the kernel side knows to have failed; null when a route says nothing against it.</summary>
    public CallFailed? Explain(in KernelEvent raw)
    {
        CallFailed failed = events.Failed(raw, 0);
        int errno = Refusal((raw.netns, failed.Remote, raw.device));
        return errno == 0 ? null : failed with { Errno = errno };
    }

    /// <summary>Calls that were noted and never led to a SYN, though their thread did not call again.</summary>
    public IEnumerable<KernelEvent> LeftBehind()
    {
        // CLOCK_MONOTONIC in nanoseconds, the clock of bpf_ktime_get_ns.
        ulong before = (ulong)(time.GetTimestamp() - OnItsWay.Ticks * 100);
        int count = BpfMap.Read<KernelCall>(watch.Calls, _calls);
        for (int n = 0; n < count; n++)
        {
            if (_calls[n].thread == 0 || _calls[n].time_ns > before)
                continue;
            BpfMap.Set(watch.Calls, (uint)n, default(KernelCall));
            yield return _calls[n].Failed();
        }
    }

    private int Refusal((uint Netns, Endpoint Service, uint Device) question)
    {
        if (_refusals.TryGetValue(question, out var known) && time.GetElapsedTime(known.Asked) < Again)
            return known.Errno;
        if (_refusals.Count >= 10_000)
            _refusals.Clear(); // a bound; what matters is a second old
        int errno = 0;
        namespaces.TryEnter(question.Netns, () =>
        {
            using var routes = new RouteSocket();
            errno = routes.Refusal(new IPEndPoint(question.Service.Address, question.Service.Port), question.Device);
        });
        _refusals[question] = (time.GetTimestamp(), errno);
        return errno;
    }
}
