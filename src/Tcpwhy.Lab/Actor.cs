using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>A process on a machine of the lab that opens, uses and breaks connections as it is told, line by line.</summary>
public sealed class Actor : IAsyncDisposable
{
    readonly Process _process;
    readonly ConcurrentDictionary<int, TaskCompletionSource<Reply>> _waiting = new();
    readonly Task<string> _errors;
    readonly Lock _writing = new();
    Task _listening = Task.CompletedTask;
    volatile bool _ended;
    int _commands;

    Actor(Process process, Host host, string name)
    {
        (_process, Host) = (process, host);
        // The kernel keeps 15 characters of a name.
        Info = new ProcessInfo(process.Id, name.Length > 15 ? name[..15] : name);
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public Host Host { get; }

    /// <summary>Its pid and the name that the kernel has for it.</summary>
    public ProcessInfo Info { get; }

    /// <summary>Listens at an address and port.</summary>
    public async Task<ActorSocket> ListenAsync(Endpoint at, CancellationToken ct, int backlog = 128, bool v6Only = false) =>
        Socket(await AskAsync($"listen {at.Address} {at.Port} {backlog} {v6Only}", ct), $"listen on {at}");

    /// <summary>Connects without blocking; the reply's value is the new socket's handle, for <see cref="Socket"/>.</summary>
    public Task<Reply> TryConnectAsync(Endpoint to, TimeSpan timeout, CancellationToken ct) =>
        AskAsync($"connect {to.Address} {to.Port} {(long)timeout.TotalMilliseconds}", ct);

    /// <summary>Sends a segment that belongs to none of its sockets.</summary>
    internal async Task ForgeAsync(ForgedSegment segment, CancellationToken ct) =>
        (await AskAsync($"forge {segment.Source.Address} {segment.Source.Port} {segment.Target.Address} {segment.Target.Port} {(int)segment.Flags} {segment.Sequence} {segment.Acknowledges} {segment.Payload}", ct)).Expect("forge");

    /// <summary>Connects with TCP Fast Open, the request being sent with the SYN, and reads the reply.</summary>
    public Task<Reply> CallEarlyAsync(Endpoint to, int request, int reply, CancellationToken ct) =>
        AskAsync($"call-early {to.Address} {to.Port} {request} {reply}", ct);

    /// <summary>The same from a port of its own choice.</summary>
    public Task<Reply> TryConnectFromAsync(int port, Endpoint to, TimeSpan timeout, CancellationToken ct) =>
        AskAsync($"connect {to.Address} {to.Port} {(long)timeout.TotalMilliseconds} {port}", ct);

    /// <summary>Connects, or throws.</summary>
    public async Task<ActorSocket> ConnectAsync(Endpoint to, CancellationToken ct) =>
        Socket(await TryConnectAsync(to, TimeSpan.FromSeconds(10), ct), $"connect to {to}");

    /// <summary>Keeps connections busy with requests and replies, as a healthy client does, until <see cref="StopLoadAsync"/>.</summary>
    public Task<Reply> StartLoadAsync(Endpoint to, int connections, int request, int reply, TimeSpan pause, CancellationToken ct) =>
        AskAsync($"load {to.Address} {to.Port} {connections} {request} {reply} {(long)pause.TotalMilliseconds}", ct);

    /// <summary>Ends the load cleanly: the value is the number of exchanges that it made.</summary>
    public Task<Reply> StopLoadAsync(CancellationToken ct) => AskAsync("unload", ct);

    /// <summary>Sends a reset in the name of another.</summary>
    public async Task ForgeResetAsync(Endpoint source, Endpoint target, uint sequence, CancellationToken ct) =>
        (await AskAsync($"forge-reset {source.Address} {source.Port} {target.Address} {target.Port} {sequence}", ct)).Expect("forged reset");

    /// <summary>Lets the kernel compute the checksums of what leaves by a device, which a virtual one leaves out.</summary>
    public async Task ComputeChecksumsAsync(string device, CancellationToken ct) =>
        (await AskAsync($"offload-off {device}", ct)).Expect("ETHTOOL_STXCSUM");

    /// <summary>Makes a device whose packets come back from it so much later.</summary>
    internal async Task DelayAsync(string device, TimeSpan time, CancellationToken ct) =>
        (await AskAsync($"delay {device} {(long)time.TotalMilliseconds}", ct)).Expect("TUNSETIFF");

    /// <summary>The socket of a reply that opened one.</summary>
    public ActorSocket Socket(Reply reply, string act) => new(this, (int)reply.Expect(act));

    /// <summary>From now on it opens sockets of MPTCP.</summary>
    internal async Task SpeakMultipathAsync(CancellationToken ct) => (await AskAsync("multipath", ct)).Expect("multipath");

    /// <summary>Lets the process have but a few descriptors more than it has.</summary>
    public Task LimitDescriptorsAsync(CancellationToken ct)
    {
        int limit = Directory.GetFiles($"/proc/{Info.Pid}/fd").Max(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)) + 16;
        return Command.RunAsync(["prlimit", $"--pid={Info.Pid}", $"--nofile={limit}:{limit}"], null, ct);
    }

    /// <summary>Ends by a signal, as KILL or SEGV, and waits until it is gone.</summary>
    public async Task DieAsync(string signal, CancellationToken ct)
    {
        // .NET takes the first SEGV for a fault in its own code, and goes on with the default action restored.
        for (int tries = 0; tries < 5 && !_process.HasExited; tries++)
        {
            await Command.RunAsync(["kill", "-s", signal, Info.Pid.ToString(CultureInfo.InvariantCulture)], null, ct);
            await Task.WhenAny(_process.WaitForExitAsync(ct), Task.Delay(500, ct));
        }
        if (!_process.HasExited)
            throw new LabException($"{Info.Comm} survived SIG{signal}");
    }

    /// <summary>Ends with a status, as a program does after an error that it did not expect, and waits until it is gone.</summary>
    public async Task ExitAsync(int status, CancellationToken ct)
    {
        Task<Reply> answer = AskAsync($"exit {status}", ct);
        await _process.WaitForExitAsync(ct);
        // There is none: the process has ended.
        _ = answer.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    internal static async Task<Actor> StartAsync(Host host, string name, string[] executable, CancellationToken ct)
    {
        var actor = new Actor(Command.Start(host.Inside([.. executable, "lab-actor", name])), host, name);
        var ready = actor.Expect(0);
        actor._listening = actor.ListenAsync();
        (await ready.Task.WaitAsync(TimeSpan.FromSeconds(30), ct)).Expect($"start of {name}");
        return actor;
    }

    /// <summary>The words that run this program again; when it is a library, dotnet runs it.</summary>
    internal static string[] Words(string? executable)
    {
        executable ??= Environment.ProcessPath is { } path && Path.GetFileName(path) != "dotnet"
            ? path
            : Path.GetFullPath(Environment.GetCommandLineArgs()[0]);
        return executable.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", executable] : [executable];
    }

    internal async Task<Reply> AskAsync(string command, CancellationToken ct)
    {
        int id = Interlocked.Increment(ref _commands);
        TaskCompletionSource<Reply> answer = Expect(id);
        try
        {
            lock (_writing)
                _process.StandardInput.WriteLine($"{id} {command}");
        }
        catch (IOException e)
        {
            throw new LabException($"{Info.Comm} ended before {command}", e);
        }
        // Set before the waiting are told: whoever asks later finds it here.
        if (_ended)
            answer.TrySetException(new LabException($"{Info.Comm} (pid {Info.Pid}) ended before {command}"));
        return await answer.Task.WaitAsync(ct);
    }

    TaskCompletionSource<Reply> Expect(int id) =>
        _waiting[id] = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);

    async Task ListenAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            int space = line.IndexOf(' ');
            if (space > 0 && int.TryParse(line.AsSpan(0, space), out int id) && _waiting.TryRemove(id, out var answer))
                answer.SetResult(Reply.Parse(line.AsSpan(space + 1)));
        }
        string why = (await _errors).Trim();
        _ended = true;
        foreach (TaskCompletionSource<Reply> answer in _waiting.Values)
            answer.TrySetException(new LabException($"{Info.Comm} (pid {Info.Pid}) ended {why}"));
    }

    /// <summary>Lets it read and close what is open, so that no connection ends with a reset, and ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read its last command, which closing tries to deliver once more.
        }
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(3));
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }
        await _listening;
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
    }
}
