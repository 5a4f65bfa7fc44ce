using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Where events come from: the kernel, a recording, a capture.</summary>
public interface ISource : IDisposable
{
    /// <summary>Hands events to <paramref name="sink"/>, a <see cref="Started"/> first and an <see cref="Ended"/> last, until the source is at its end or <paramref name="stop"/> asks it to. Called once, on a thread of its own; the sink is called on that thread only.</summary>
    void Run(Action<Event> sink, CancellationToken stop);
}
