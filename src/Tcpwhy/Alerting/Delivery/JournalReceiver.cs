using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>Writes an entry with fields to systemd's journal by its native protocol: journalctl TCPWHY_RULE=max-connections.</summary>
internal sealed class JournalReceiver(ReceiverPlan plan, Sender sender, string socket = JournalReceiver.UsualSocket) : IAlertReceiver
{
    public const string UsualSocket = "/run/systemd/journal/socket";

    // One for alerts, one for their ends: what journalctl MESSAGE_ID= finds.
    private const string FiredId = "5c1e0a7f2b6d4b0d9a3f8e2417c6d590";
    private const string ResolvedId = "a94b2f60d3e84c18b7715e0f6c2d8a13";
    private const int MostField = 16 * 1024;

    public int Batch => 1;

    public TimeSpan? Resend => null;

    public Task<DeliveryResult> SendAsync(IReadOnlyList<AlertNotice> notices, IReadOnlyList<Alert> firing, CancellationToken stop)
    {
        try
        {
            using Socket journal = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A journal that hangs must not hold the alerts.
            journal.SendTimeout = 2_000;
            journal.Connect(new UnixDomainSocketEndPoint(socket));
            journal.Send(Entry(notices[0]));
            return Task.FromResult(DeliveryResult.Arrived);
        }
        catch (SocketException failed)
        {
            return Task.FromResult(File.Exists(socket) ? new DeliveryResult("{0}", $"{socket}: {failed.Message}") : new DeliveryResult("there is no journal at {0}", socket));
        }
    }

    public void Dispose()
    {
    }

    /// <summary>The datagram: FIELD=value lines, and for values of several lines their length in 8 bytes.</summary>
    internal byte[] Entry(AlertNotice notice)
    {
        Language language = plan.Language ?? sender.Language;
        var document = AlertDocument.Of(notice, sender.Host, language);
        using MemoryStream entry = new();
        Field("MESSAGE", $"{new AlertWords(language).State(notice.Change)}: {document.Summary}");
        Field("MESSAGE_ID", document.Status == "resolved" ? ResolvedId : FiredId);
        // Numbers of syslog: 2 critical, 4 warning, 5 notice.
        Field("PRIORITY", document.Status == "resolved" ? "5" : notice.Change.Alert.Severity == Severity.Critical ? "2" : "4");
        Field("SYSLOG_IDENTIFIER", "tcpwhy");
        Field("TCPWHY_ID", document.Id);
        Field("TCPWHY_CHANGE", document.Change);
        Field("TCPWHY_STATUS", document.Status);
        Field("TCPWHY_RULE", document.Rule);
        Field("TCPWHY_SEVERITY", document.Severity);
        Field("TCPWHY_SIGNAL", document.Signal);
        Field("TCPWHY_SUBJECT", document.Subject);
        Field("TCPWHY_CAUSE", document.Cause ?? "");
        Field("TCPWHY_VALUE", document.Value.ToString("R", CultureInfo.InvariantCulture));
        Field("TCPWHY_THRESHOLD", document.Threshold.ToString("R", CultureInfo.InvariantCulture));
        Field("TCPWHY_TIME", AlertShapes.TimeText(document.Time));
        Field("TCPWHY_DETAILS", string.Join('\n', document.Details));
        return entry.ToArray();

        void Field(string name, string value)
        {
            if (value.Length == 0)
                return;
            byte[] bytes = Encoding.UTF8.GetBytes(value.Length > MostField ? value[..MostField] : value);
            entry.Write(Encoding.ASCII.GetBytes(name));
            // A line break in a value would begin a field of its own.
            if (Array.IndexOf(bytes, (byte)'\n') >= 0)
            {
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)bytes.Length);
                entry.WriteByte((byte)'\n');
                entry.Write(length);
            }
            else
            {
                entry.WriteByte((byte)'=');
            }
            entry.Write(bytes);
            entry.WriteByte((byte)'\n');
        }
    }
}
