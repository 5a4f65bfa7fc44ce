using Tcpwhy.Texts;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>Posts one notice at a time: the document tcpwhy.alert/1, a template's body, or what Slack takes.</summary>
internal sealed class WebhookReceiver(ReceiverPlan plan, Sender sender, TimeProvider time) : IAlertReceiver
{
    private readonly HttpPost _http = new(plan, address => address, time);
    private readonly Language _language = plan.Language ?? sender.Language;

    public int Batch => 1;

    public TimeSpan? Resend => null;

    public Task<DeliveryResult> SendAsync(IReadOnlyList<AlertNotice> notices, IReadOnlyList<Alert> firing, CancellationToken stop)
    {
        AlertNotice notice = notices[0];
        var document = AlertDocument.Of(notice, sender.Host, _language);
        bool slack = plan.Kind == ReceiverKind.Slack;
        byte[] body = (plan.Body ?? (slack ? MessageTemplate.Slack : null))?.Body(document, new AlertWords(_language), notice, markup: slack) ?? document.Line();
        return _http.SendAsync(body, notice.Id, null, stop);
    }

    public void Dispose() => _http.Dispose();
}
