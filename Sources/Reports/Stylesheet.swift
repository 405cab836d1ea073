/// The look of all pages: light, dark and on paper.
enum Stylesheet {
    static let css = """
        :root { color-scheme: light dark; --paper: #ffffff; --panel: #f5f6f8; --ink: #1b1f24; --soft: #59636e;
          --line: #d8dde3; --accent: #0b5cad; --good: #146c3a; --good-bg: #e6f4ea; --care: #8a4b00; --care-bg: #fff3dc;
          --bad: #a3161a; --bad-bg: #fdeaea; --plain-bg: #eceff3; }
        @media (prefers-color-scheme: dark) { :root { --paper: #101318; --panel: #191d24; --ink: #e6e9ee; --soft: #9aa5b1;
          --line: #313843; --accent: #79b4f5; --good: #7fd6a0; --good-bg: #12301f; --care: #f2bf6a; --care-bg: #35270d;
          --bad: #ff9c98; --bad-bg: #3b1718; --plain-bg: #242a33; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main, footer { max-width: 1240px; margin: 0 auto; padding: 0 24px; }
        main { padding-top: 28px; }
        .eyebrow { margin: 0; color: var(--soft); font-size: 13px; letter-spacing: .04em; }
        h1 { margin: 0 0 4px; font-size: 28px; line-height: 1.2; overflow-wrap: anywhere; }
        h2 { margin: 40px 0 8px; padding-top: 16px; border-top: 1px solid var(--line); font-size: 21px; }
        h3 { margin: 22px 0 6px; font-size: 16px; }
        p { margin: 6px 0; max-width: 96ch; }
        a { color: var(--accent); }
        code { font: 13px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
        ul { margin: 4px 0; padding-left: 20px; }
        .soft, figcaption, caption { color: var(--soft); }
        figcaption, caption { font-size: 13px; text-align: left; max-width: 110ch; }
        caption { padding: 0 0 6px; }
        .cards { list-style: none; margin: 18px 0 0; padding: 0; display: grid; gap: 10px; }
        .card { padding: 12px 16px; border: 1px solid var(--line); border-left: 5px solid var(--soft); border-radius: 6px;
          background: var(--panel); }
        .card .lead { margin: 0; font-size: 18px; font-weight: 600; }
        .card p { margin: 2px 0 0; max-width: 120ch; }
        .card .lead a { color: inherit; text-decoration-thickness: 1px; text-underline-offset: 3px; }
        .card.good { border-left-color: var(--good); } .card.care { border-left-color: var(--care); }
        .card.bad { border-left-color: var(--bad); }
        .chip { display: inline-block; padding: 0 8px; border-radius: 10px; font-size: 13px; font-weight: 600;
          white-space: nowrap; background: var(--plain-bg); color: var(--ink); }
        .chip.good { background: var(--good-bg); color: var(--good); } .chip.care { background: var(--care-bg);
          color: var(--care); } .chip.bad { background: var(--bad-bg); color: var(--bad); }
        .warn { margin: 16px 0; padding: 10px 16px; border: 1px solid var(--care); border-radius: 6px;
          background: var(--care-bg); }
        .warn h3 { margin: 0 0 2px; color: var(--care); }
        .failed { margin: 16px 0; padding: 4px 16px 12px; border: 1px solid var(--bad); border-radius: 6px;
          background: var(--bad-bg); }
        .failed h2 { margin-top: 8px; padding-top: 0; border: 0; color: var(--bad); }
        details { margin: 10px 0; } summary { cursor: pointer; }
        .scroll { overflow-x: auto; margin: 8px 0 4px; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: 4px 12px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
        thead th { color: var(--soft); font-size: 13px; font-weight: 600; }
        tbody th { font-weight: 500; }
        .num { text-align: right; white-space: nowrap; }
        th.group { text-align: center; }
        .dense th, .dense td { padding: 4px 8px; }
        .pairs { display: grid; gap: 4px 40px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 560px), 1fr)); }
        .pairs > div { min-width: 0; }
        .pairs th, .pairs td { padding: 3px 6px; font-size: 13px; }
        .edge { border-left: 1px solid var(--line); }
        td.best { background: var(--good-bg); color: var(--good); font-weight: 700; }
        tr.own th, tr.own td { font-weight: 600; }
        .facts th { width: 15em; color: var(--soft); }
        .facts td { overflow-wrap: anywhere; }
        figure { margin: 10px 0; }
        .gallery { display: inline-block; max-width: 100%; overflow-x: auto; padding: 8px; border-radius: 8px;
          background: #000; color: #e8e8e8; }
        .gallery table { border-collapse: separate; border-spacing: 3px; }
        .gallery th, .gallery td { padding: 0; border: 0; text-align: center; vertical-align: middle; }
        .gallery thead th { padding: 2px 0 4px; color: #e8e8e8; font-size: 13px; }
        .gallery tbody th { padding-right: 6px; color: #a8b0ba; font-size: 12px; white-space: nowrap; }
        .gallery th.made { color: #8cc4ff; }
        .gallery td.made img { outline: 2px solid #3d7fc4; outline-offset: -1px; }
        .gallery img { display: block; min-width: 110px; max-width: 100%; height: auto; }
        .gallery tfoot td { padding-top: 4px; color: #c9cfd6; font-size: 12px; }
        .gallery tfoot .ends { display: flex; justify-content: space-between; }
        .cards.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); }
        .heat th, .heat td { padding: 5px 8px; } .heat tbody th { font-weight: 600; }
        .heat tbody td { min-width: 76px; border: 1px solid var(--paper); }
        .heat .void { background: repeating-linear-gradient(135deg, var(--plain-bg) 0 3px, transparent 3px 7px); }
        .heat td.all { font-weight: 700; } .heat thead th.edge { text-align: center; }
        .heat .dots td, .heat .dots th { padding: 0 8px; border-bottom: 0; text-align: center; font-size: 15px; line-height: 1.25; }
        .heat .dots th { text-align: right; font-size: 13px; } .heat .names td, .heat .names th { padding: 0; border: 0; }
        .heat .off { color: var(--soft); opacity: .55; }
        .gains td b { display: block; font-size: 15px; } .gains td small { color: inherit; opacity: .8; }
        .gains td.most { outline: 2px solid var(--ink); outline-offset: -2px; }
        .maps { display: flex; flex-wrap: wrap; align-items: end; gap: 4px 16px; } .maps > div { max-width: 100%; }
        .gains th, .gains td { padding: 4px 6px; } .gains tbody td { min-width: 66px; }
        .subsets > div { margin-bottom: 20px; }
        .subsets th, .subsets td { padding: 3px 9px; }
        p.scale { display: inline-block; margin: 0 12px 0 0; color: var(--soft); font-size: 13px; }
        ul.scale { display: inline-flex; margin: 0 0 18px; padding: 0; list-style: none; vertical-align: top; font-size: 13px; }
        ul.scale li { padding: 0; text-align: center; } ul.scale i { display: block; width: 64px; height: 12px;
          border: 1px solid var(--line); }
        .counts { display: flex; flex-wrap: wrap; gap: 10px; margin: 16px 0; padding: 0; list-style: none; }
        .counts li { min-width: 120px; padding: 8px 16px; border: 1px solid var(--line); border-radius: 6px;
          background: var(--panel); }
        .counts b { display: block; font-size: 24px; line-height: 1.2; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px; }
        .charts svg { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px;
          background: var(--panel); }
        svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .faint { fill: var(--soft); }
        svg .grid { stroke: var(--line); } svg .dot { fill: var(--soft); fill-opacity: .55; }
        svg .dot.own { fill: var(--accent); fill-opacity: .7; } svg .mean { stroke: var(--ink); stroke-width: 2; }
        svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
        svg .level { stroke-width: 1.6; } svg .l1 { stroke: var(--care); stroke-dasharray: 7 4; }
        svg .l2 { stroke: var(--soft); stroke-dasharray: 2 4; } svg .turn { stroke: var(--soft); stroke-dasharray: 3 3; }
        pre { margin: 8px 0; padding: 10px 14px; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px;
          background: var(--panel); font: 13px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          white-space: nowrap; }
        footer { margin-top: 48px; padding-top: 14px; padding-bottom: 32px; border-top: 1px solid var(--line);
          color: var(--soft); font-size: 13px; }
        @media print { :root { --paper: #fff; --panel: #fff; --ink: #000; --soft: #444; --line: #bbb; --accent: #000;
            --good: #0a4f28; --good-bg: #e6f4ea; --care: #6b3a00; --care-bg: #fff; --bad: #8c0f12; --bad-bg: #fff;
            --plain-bg: #eee; }
          body { font-size: 9.5pt; } main, footer { max-width: none; padding: 0; }
          section.contrast { break-before: page; } h2, h3 { break-after: avoid; } p { max-width: none; }
          tr, figure, table, .card, .warn { break-inside: avoid; } .scroll, .gallery { overflow: visible; }
          .gallery, td.best, .chip, .heat td, ul.scale i { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
          .gallery img { min-width: 0; width: 23mm; } }
        """
}
