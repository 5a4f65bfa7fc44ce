using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Readings;

/// <summary>The interfaces of our namespace, with what moved since the reading before.</summary>
internal sealed class InterfaceMeter(ProcFs proc)
{
    private Dictionary<string, NetDevice> _before = [];

    public List<InterfaceReading> Read(TimeSpan interval)
    {
        NetDevice[] devices = NetDevice.Read(proc);
        List<InterfaceReading> readings = [];
        foreach (NetDevice now in devices)
        {
            NetDevice before = interval > TimeSpan.Zero && _before.TryGetValue(now.Name, out NetDevice known) ? known : now;
            double seconds = Math.Max(interval.TotalSeconds, 0.001);
            readings.Add(new InterfaceReading(now.Name)
            {
                ReceivedBytes = now.ReceivedBytes,
                SentBytes = now.SentBytes,
                ReceiveErrors = now.ReceiveErrors,
                ReceiveDrops = now.ReceiveDrops,
                SendErrors = now.SendErrors,
                SendDrops = now.SendDrops,
                // Made anew under the same name, an interface counts from 0 again.
                ReceivedBytesPerSecond = Math.Max(now.ReceivedBytes - before.ReceivedBytes, 0) / seconds,
                SentBytesPerSecond = Math.Max(now.SentBytes - before.SentBytes, 0) / seconds,
                NewFaults = Math.Max(Faults(now) - Faults(before), 0),
            });
        }
        _before = devices.ToDictionary(device => device.Name);
        return readings;
    }

    private static long Faults(NetDevice device) => device.ReceiveErrors + device.ReceiveDrops + device.SendErrors + device.SendDrops;
}
