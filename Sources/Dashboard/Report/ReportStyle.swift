/// The page's one style sheet.
package enum ReportStyle {
    package static let sheet: Markup = """
        :root {
          --paper: #ffffff; --raised: #f5f6f8; --ink: #1c2026; --muted: #565e69; --rule: #d9dde2; --accent: #2457a6;
          --tint: #2457a61f; --other: #a9b1bb; --good: #2c7a4b; --warn: #a86a00; --bad: #b3263a; --life: #b9cbe6;
          --phase0: #2457a6; --phase1: #c2641d; --phase2: #2f7d4f; --phase3: #8a4fa3;
          --phase4: #9c8220; --phase5: #2f8797; --phase6: #b03a5b; --phase7: #6b727b;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --paper: #14171b; --raised: #1d2127; --ink: #e5e8ec; --muted: #a3abb6; --rule: #343a43; --accent: #82b1ff;
            --tint: #82b1ff26; --other: #59626e; --good: #63c48b; --warn: #e5ac4a; --bad: #ff7d8d; --life: #34507c;
            --phase0: #6d9eea; --phase1: #e58f4c; --phase2: #5fb583; --phase3: #bb88d2;
            --phase4: #cbb04f; --phase5: #5fb7c6; --phase6: #e0738f; --phase7: #98a0aa;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
        }
        main { max-width: 880px; margin: 0 auto; padding: 32px 20px 64px; }
        h1 { font-size: 24px; line-height: 1.25; font-weight: 600; margin: 0 0 4px; overflow-wrap: anywhere; }
        h2 { font-size: 17px; font-weight: 600; margin: 0 0 12px; }
        h3 { font-size: 15px; font-weight: 600; margin: 20px 0 8px; }
        h3 .muted { font-weight: 400; margin-left: 6px; }
        p { margin: 0 0 12px; }
        section { margin-top: 36px; }
        header + section { margin-top: 20px; }
        code { font: 13px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
        .muted { color: var(--muted); }
        .warning { border-left: 3px solid var(--warn); background: var(--raised); padding: 8px 12px; margin-top: 12px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(178px, 1fr)); gap: 10px; margin: 0 0 12px; }
        .tiles div { background: var(--raised); border-radius: 6px; padding: 10px 12px; }
        .tiles dt { color: var(--muted); font-size: 13px; }
        .tiles dd { margin: 2px 0 0; font-size: 19px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .chart, .table { overflow-x: auto; }
        .chart svg { display: block; width: 100%; min-width: 560px; height: auto; margin: 0 0 12px; }
        svg text { font-size: 12px; fill: var(--muted); font-variant-numeric: tabular-nums; }
        svg text.lane { fill: var(--ink); }
        .axis { stroke: var(--muted); stroke-width: 1; }
        .grid { stroke: var(--rule); stroke-width: 1; }
        .line-main { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
        .line-other { fill: none; stroke: var(--other); stroke-width: 1.25; stroke-linejoin: round; }
        .area { fill: var(--tint); }
        .dot { fill: var(--accent); }
        .hit { fill: transparent; pointer-events: all; }
        .bar { fill: var(--accent); }
        .bar:hover, .dot:hover { fill: var(--warn); }
        .timebar { display: block; width: 100%; height: 28px; margin-bottom: 12px; }
        .phase0 { fill: var(--phase0); background: var(--phase0); } .phase1 { fill: var(--phase1); background: var(--phase1); }
        .phase2 { fill: var(--phase2); background: var(--phase2); } .phase3 { fill: var(--phase3); background: var(--phase3); }
        .phase4 { fill: var(--phase4); background: var(--phase4); } .phase5 { fill: var(--phase5); background: var(--phase5); }
        .phase6 { fill: var(--phase6); background: var(--phase6); } .phase7 { fill: var(--phase7); background: var(--phase7); }
        .swatch { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 8px; }
        .life { fill: var(--life); }
        .mark { stroke: var(--paper); stroke-width: 1; }
        .good { fill: var(--good); } .warn { fill: var(--warn); } .bad { fill: var(--bad); } .plain { fill: var(--muted); }
        .hollow { fill: var(--paper); stroke: var(--muted); stroke-width: 2; }
        .cross { fill: none; stroke: var(--bad); stroke-width: 3; stroke-linecap: round; }
        .tick { stroke: var(--muted); stroke-width: 1; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin: 0 0 14px; padding: 0; color: var(--muted); }
        .legend li { display: flex; align-items: center; gap: 6px; font-size: 13px; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; margin: 0 0 14px; }
        th, td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); }
        th { color: var(--muted); font-weight: 500; white-space: nowrap; }
        td { overflow-wrap: break-word; min-width: 3em; }
        td .word { white-space: nowrap; }
        td .long { display: block; min-width: 14em; overflow-wrap: anywhere; }
        .narrow { max-width: 480px; }
        th:last-child, td:last-child { padding-right: 0; }
        .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        summary { cursor: pointer; color: var(--muted); margin: 0 0 8px; }
        .group { break-inside: avoid; }
        .images { display: flex; flex-wrap: wrap; gap: 8px; }
        figure { margin: 0; width: 86px; }
        figure img { display: block; width: 86px; height: 86px; object-fit: cover; border-radius: 4px; background: var(--raised); }
        figcaption { font-size: 12px; color: var(--muted); text-align: center; font-variant-numeric: tabular-nums; }
        @media print {
          main { max-width: none; padding: 0; }
          h2, h3 { break-after: avoid; }
          .tiles, .chart, tr, figure { break-inside: avoid; }
          .tiles div { border: 1px solid var(--rule); }
          svg, .swatch { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }
        """
}
