using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Readings;

namespace Tcpwhy.Alerting;

/// <summary>What is an alert, and who is told of it, as it is configured.</summary>
/// <param name="Thresholds">Those that warnings of readings share with the rules.</param>
/// <param name="Rules">One per name.</param>
/// <param name="Receivers">One per name.</param>
public sealed record AlertPlan(Thresholds Thresholds, IReadOnlyList<AlertRule> Rules, IReadOnlyList<ReceiverPlan> Receivers)
{
    /// <summary>What holds when nothing is configured.</summary>
    public static readonly AlertPlan Usual = new(Thresholds.Default, UsualRules.Of(Thresholds.Default), []);
}
