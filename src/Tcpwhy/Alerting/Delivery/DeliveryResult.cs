using System.Globalization;
using Tcpwhy.Texts;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>What came of an attempt to tell a receiver.</summary>
/// <param name="Failure">What went wrong, an English phrase without secrets, in which {0} is <paramref name="Value"/>; null when it arrived.</param>
/// <param name="Refused">Whether the message itself was refused, so that to send it again helps nobody.</param>
/// <param name="Wait">How long the receiver asks to be left alone, or null.</param>
internal readonly record struct DeliveryResult(string? Failure, string Value = "", bool Refused = false, TimeSpan? Wait = null)
{
    public static readonly DeliveryResult Arrived = new(null);

    public bool HasArrived => Failure is null;

    /// <summary>What went wrong, for a person.</summary>
    public string In(Language language) => string.Format(CultureInfo.InvariantCulture, Translations.Get(language, Failure ?? ""), Value);
}
