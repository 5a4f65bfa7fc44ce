using System.Collections.Concurrent;
using System.Diagnostics;
using Tcpwhy.Kernel;

namespace Tcpwhy.Lab;

/// <summary>A long way, as light needs its time for: packets that are sent by a device come back from it so much later, in order.</summary>
internal sealed class DelayLine
{
    const int LongestPacket = 65536;

    readonly TunDevice _device;
    readonly TimeSpan _time;
    readonly BlockingCollection<(long Sent, byte[] Packet)> _underWay = [];

    DelayLine(TunDevice device, TimeSpan time) => (_device, _time) = (device, time);

    /// <summary>Makes the device; it lives as long as this process.</summary>
    public static void Start(string device, TimeSpan time)
    {
        var line = new DelayLine(TunDevice.Create(device), time);
        foreach (Action end in new[] { line.Take, line.Deliver })
            new Thread(() => end()) { IsBackground = true, Name = "way" }.Start();
    }

    void Take()
    {
        byte[] packet = new byte[LongestPacket];
        while (true)
        {
            int length = _device.Read(packet);
            _underWay.Add((Stopwatch.GetTimestamp(), packet[..length]));
        }
    }

    void Deliver()
    {
        foreach ((long sent, byte[] packet) in _underWay.GetConsumingEnumerable())
        {
            TimeSpan left = _time - Stopwatch.GetElapsedTime(sent);
            if (left > TimeSpan.Zero)
                Thread.Sleep(left);
            try
            {
                _device.Write(packet);
            }
            catch (KernelException)
            {
                // Lost, as on any way: the device is down.
            }
        }
    }
}
