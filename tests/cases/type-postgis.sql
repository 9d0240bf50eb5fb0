-- KIND: geometry and geography, whose typmod says shape, dimensions and reference system
-- NEEDS: postgis
-- RIGHT: fills
CREATE EXTENSION postgis;
CREATE DOMAIN site AS geometry(Point, 4674);
CREATE TYPE stop AS (name text, at geometry(Point, 4326));
CREATE TABLE place (id int PRIMARY KEY, at geometry(Point, 4326) NOT NULL UNIQUE, web geometry(Point, 3857) NOT NULL,
	utm geometry(MultiPoint, 31983) NOT NULL, any_shape geometry NOT NULL, site site NOT NULL,
	sites site[] NOT NULL, stop stop NOT NULL, round geography NOT NULL, spot geography(PointZ, 4326) NOT NULL,
	perhaps geometry(PointZM));
CREATE TABLE zone (id int PRIMARY KEY, area geometry(Polygon, 4326) NOT NULL, plots geometry(MultiPolygon, 4326) NOT NULL,
	globe geography(Polygon) NOT NULL, edge geometry(LineStringZ, 31982) NOT NULL, roads geography(MultiLineString) NOT NULL,
	mix geometry(GeometryCollectionM, 4326) NOT NULL, areas geometry(Polygon, 4326)[] NOT NULL, flat box2d NOT NULL, solid box3d NOT NULL);
CREATE TABLE curved (id int PRIMARY KEY, a geometry(CircularString) NOT NULL, b geometry(CompoundCurve, 4326) NOT NULL,
	c geometry(CurvePolygon) NOT NULL, d geometry(MultiCurve) NOT NULL, e geometry(MultiSurface) NOT NULL,
	f geometry(PolyhedralSurfaceZ) NOT NULL, g geometry(Triangle) NOT NULL, h geometry(TinZ) NOT NULL);
CREATE INDEX ON zone USING gist (area);
