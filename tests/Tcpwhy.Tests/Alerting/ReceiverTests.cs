using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tcpwhy.Alerting;
using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Model;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

public sealed class ReceiverTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy");

    private string Path => System.IO.Path.Combine(_directory.FullName, "alerts.ndjson");

    [Fact]
    public async Task A_file_gets_a_line_for_each_and_none_twice()
    {
        AlertNotice first = Given.Notice(Given.Fired(), 1), second = Given.Notice(Given.Ended(), 2);
        Assert.True((await File_().SendAsync([first], [], default)).HasArrived);
        // Killed between the line and its being remembered: the next start sends it again.
        Assert.True((await File_().SendAsync([first, second], [], default)).HasArrived);
        Assert.Equal(["abc-1 firing", "abc-2 resolved"], Lines());
    }

    [Fact]
    public async Task Half_a_line_of_one_that_was_killed_does_not_spoil_the_next()
    {
        await File.WriteAllTextAsync(Path, "{\"schema\":\"tcpwhy.alert/1\",\"id\":\"ab");
        Assert.True((await File_().SendAsync([Given.Notice(Given.Fired(), 1)], [], default)).HasArrived);
        Assert.Equal("abc-1", JsonDocument.Parse((await File.ReadAllLinesAsync(Path))[1]).RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_file_that_was_moved_away_is_begun_anew()
    {
        FileReceiver receiver = File_();
        await receiver.SendAsync([Given.Notice(Given.Fired(), 1)], [], default);
        File.Move(Path, Path + ".1");
        await receiver.SendAsync([Given.Notice(Given.Ended(), 2)], [], default);
        Assert.Equal(["abc-2 resolved"], Lines());
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told()
    {
        DeliveryResult result = await new FileReceiver(new ReceiverPlan("log", ReceiverKind.File) { Path = "/proc/none/alerts" }, Given.Sender).SendAsync([Given.Notice(Given.Fired())], [], default);
        Assert.Contains("/proc/none", result.In(Language.English), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_gets_fields_that_no_value_can_forge()
    {
        string path = System.IO.Path.Combine(_directory.FullName, "journal");
        using Socket journal = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        journal.Bind(new UnixDomainSocketEndPoint(path));
        AlertChange change = Given.Fired(severity: Severity.Critical);
        change = change with { Alert = change.Alert with { Subject = "evil\nPRIORITY=7" } };

        Assert.True((await new JournalReceiver(new ReceiverPlan("j", ReceiverKind.Journal), Given.Sender, path).SendAsync([Given.Notice(change)], [], default)).HasArrived);

        byte[] entry = new byte[64 * 1024];
        Dictionary<string, string> fields = Fields(entry.AsSpan(0, journal.Receive(entry)));
        Assert.Equal("critical: TCP connections: 1,204, over 1,000", fields["MESSAGE"]);
        Assert.Equal(("2", "tcpwhy", "max-connections", "evil\nPRIORITY=7", "1204"), (fields["PRIORITY"], fields["SYSLOG_IDENTIFIER"], fields["TCPWHY_RULE"], fields["TCPWHY_SUBJECT"], fields["TCPWHY_VALUE"]));
    }

    [Fact]
    public async Task A_journal_that_is_not_there_is_told_in_a_line()
    {
        DeliveryResult result = await new JournalReceiver(new ReceiverPlan("j", ReceiverKind.Journal), Given.Sender, "/run/none/socket").SendAsync([Given.Notice(Given.Fired())], [], default);
        Assert.Equal("there is no journal at /run/none/socket", result.In(Language.English));
    }

    [Fact]
    public void Alertmanager_is_told_of_a_change_of_severity_as_an_end_and_a_beginning()
    {
        using var receiver = new AlertmanagerReceiver(new ReceiverPlan("am", ReceiverKind.Alertmanager) { Url = new Uri("http://am.example/") }, Given.Sender, TimeProvider.System);
        DateTimeOffset now = Given.At(300);
        Alert critical = Given.Alert(severity: Severity.Critical) with { Changed = Given.At(60) };
        AlertmanagerAlert[] alerts = receiver.Alerts([Given.Notice(new AlertChange(AlertChangeKind.Escalated, critical, Given.At(60), Severity.Warning))], [critical], now);

        Assert.Equal(["warning 0 60", "critical 60 540"], alerts.Select(alert => $"{alert.Labels["severity"]} {(alert.StartsAt - Given.Start).TotalSeconds} {(alert.EndsAt - Given.Start).TotalSeconds}"));
        Assert.All(alerts, alert => Assert.Equal(("max-connections", "web-1", "tcpwhy"), (alert.Labels["alertname"], alert.Labels["instance"], alert.Labels["job"])));
    }

    [Fact]
    public void Alertmanager_hears_the_last_word_of_each_alert_and_reminders_of_the_rest()
    {
        using var receiver = new AlertmanagerReceiver(new ReceiverPlan("am", ReceiverKind.Alertmanager) { Url = new Uri("http://am.example/") }, Given.Sender, TimeProvider.System);
        AlertmanagerAlert[] alerts = receiver.Alerts([Given.Notice(Given.Fired()), Given.Notice(Given.Ended())], [Given.Alert("time-wait-threshold")], Given.At(600));
        Assert.Equal(["max-connections 60", "time-wait-threshold 840"], alerts.Select(alert => $"{alert.Labels["alertname"]} {(alert.EndsAt - Given.Start).TotalSeconds}"));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n<html>Log in</html>\r\n", "it answered 200 with something else than Alertmanager does: is that its address?")]
    public async Task A_page_with_200_is_no_Alertmanager(string answer, string? words)
    {
        await using Hook hook = new(answer);
        using var receiver = new AlertmanagerReceiver(new ReceiverPlan("am", ReceiverKind.Alertmanager) { Url = hook.Address }, Given.Sender, TimeProvider.System);
        DeliveryResult result = await receiver.SendAsync([Given.Notice(Given.Fired())], [], default);
        Assert.Equal(words ?? "", result.In(Language.English));
        Assert.StartsWith("POST /services/T0/SECRET/api/v2/alerts ", hook.Requests[0].Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_receiver_has_its_language_and_shape()
    {
        await using Hook hook = new(Hook.Ok);
        using var korean = new WebhookReceiver(new ReceiverPlan("k", ReceiverKind.Webhook) { Url = hook.Address, Language = Language.Korean }, Given.Sender, TimeProvider.System);
        using var slack = new WebhookReceiver(new ReceiverPlan("s", ReceiverKind.Slack) { Url = hook.Address }, Given.Sender, TimeProvider.System);
        using var own = new WebhookReceiver(new ReceiverPlan("o", ReceiverKind.Webhook) { Url = hook.Address, Body = MessageTemplate.Parse("""{"m":"{{severity}} {{rule}}"}""") }, Given.Sender, TimeProvider.System);
        foreach (WebhookReceiver receiver in (WebhookReceiver[])[korean, slack, own])
            Assert.True((await receiver.SendAsync([Given.Notice(Given.Fired())], [], default)).HasArrived);

        Assert.Equal("TCP 연결: 1,204, 기준 1,000 초과", hook.Document(0).GetProperty("summary").GetString());
        Assert.Equal("! *warning* TCP connections: 1,204, over 1,000 (web-1)", hook.Document(1).GetProperty("text").GetString());
        Assert.Equal("""{"m":"warning max-connections"}""", hook.Requests[2].Body);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private FileReceiver File_() => new(new ReceiverPlan("log", ReceiverKind.File) { Path = Path }, Given.Sender);

    private string[] Lines() => [.. File.ReadAllLines(Path).Select(line => JsonDocument.Parse(line).RootElement).Select(line => $"{line.GetProperty("id").GetString()} {line.GetProperty("status").GetString()}")];

    /// <summary>Reads the native protocol as the journal does.</summary>
    private static Dictionary<string, string> Fields(ReadOnlySpan<byte> entry)
    {
        Dictionary<string, string> fields = [];
        while (entry.Length > 0)
        {
            int end = entry.IndexOf((byte)'\n'), equals = entry[..end].IndexOf((byte)'=');
            if (equals >= 0)
            {
                fields.Add(Encoding.UTF8.GetString(entry[..equals]), Encoding.UTF8.GetString(entry[(equals + 1)..end]));
                entry = entry[(end + 1)..];
                continue;
            }
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(entry[(end + 1)..]);
            fields.Add(Encoding.UTF8.GetString(entry[..end]), Encoding.UTF8.GetString(entry.Slice(end + 9, length)));
            Assert.Equal((byte)'\n', entry[end + 9 + length]);
            entry = entry[(end + 10 + length)..];
        }
        return fields;
    }
}
