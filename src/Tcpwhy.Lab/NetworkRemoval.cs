using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tcpwhy.Lab;

/// <summary>Removes networks, also when a signal ends this program.</summary>
internal static class NetworkRemoval
{
    static readonly List<Network> Live = [];
    static readonly List<PosixSignalRegistration> Signals = [];

    public static void Watch(Network network)
    {
        lock (Live)
        {
            if (Signals.Count == 0)
                foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
                    Signals.Add(PosixSignalRegistration.Create(signal, _ => RemoveAll()));
            Live.Add(network);
        }
    }

    public static void Unwatch(Network network)
    {
        lock (Live)
            Live.Remove(network);
    }

    // Runs before the signal's usual effect, which it leaves to the program.
    static void RemoveAll()
    {
        if (GlobalTurn.IsOurs)
            GlobalSetting.RestoreAll();
        lock (Live)
            Live.ForEach(network => network.RemoveNow());
    }

    /// <summary>Kills what still runs in the namespaces of a network and deletes them and its directory.</summary>
    public static void Remove(string name)
    {
        foreach (string host in new[] { $"{name}-c", $"{name}-r", $"{name}-s", $"{name}-p" }.Where(host => File.Exists($"/run/netns/{host}")))
        {
            string pids = Ip("netns", "pids", host);
            foreach (string pid in pids.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Kill(int.Parse(pid, CultureInfo.InvariantCulture));
            Ip("netns", "delete", host);
        }
        if (Directory.Exists(NetworkNames.Directory(name)))
            Directory.Delete(NetworkNames.Directory(name), recursive: true);
        NetworkNames.Release(name);
    }

    static string Ip(params string[] words)
    {
        using Process process = Command.Start(["ip", .. words]);
        using StreamReader standardOutput = process.StandardOutput, standardError = process.StandardError;
        process.StandardInput.Close();
        string output = standardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            process.WaitForExit(1000);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself meanwhile.
        }
    }
}
